-- Two refreshes at once could store a month twice.
delete from customer_months a using customer_months b
where a.person_id = b.person_id and a.month = b.month and a.channel = b.channel and a.ctid < b.ctid;
create unique index customer_months_of_customer on customer_months (person_id, month, channel);
drop index customer_months_of_person;
